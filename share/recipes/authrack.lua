-- "http-request lua.authrack" of haproxy.cfg: lets a request pass whose key is good, and answers all
-- others itself. HAProxy has no forward authentication of its own.

local ASK = "http://authrack/v1/auth"
local DESTINATION = "abns@authrack-lua" -- the "listen authrack" of haproxy.cfg
local PATIENCE = 2000                   -- milliseconds

-- For the API behind, as authrack says them.
local IDENTITY = { "x-auth-key-id", "x-auth-name", "x-auth-owner", "x-auth-tier", "x-auth-scopes",
	"x-auth-version", "x-auth-meta", "x-auth-left-out" }
-- For the client whose request is refused.
local REFUSAL = { "www-authenticate", "retry-after", "ratelimit", "ratelimit-policy" }
-- What a request may be refused with; everything else means that authrack could not be asked.
local REFUSALS = { [400] = true, [401] = true, [403] = true, [429] = true }

-- All lines of a header, for a key that is there twice is refused. The table of HAProxy begins at 0.
local function lines(headers, name)
	local found = {}
	for i = 0, #(headers[name] or {}) do
		if headers[name] and headers[name][i] then
			found[#found + 1] = headers[name][i]
		end
	end
	return #found > 0 and found or nil
end

local function refuse(txn, status, headers)
	local reply = txn:reply({ status = status })
	for _, name in ipairs(REFUSAL) do
		for _, value in ipairs(lines(headers, name) or {}) do
			reply:add_header(name, value)
		end
	end
	txn:done(reply)
end

core.register_action("authrack", { "http-req" }, function(txn)
	local asked = txn.http:req_get_headers()
	local answer = core.httpclient():get({
		url = ASK,
		dst = DESTINATION,
		timeout = PATIENCE,
		headers = {
			["x-api-key"] = lines(asked, "x-api-key"),
			["authorization"] = lines(asked, "authorization"),
			["x-forwarded-for"] = { txn.f:src() },
			["x-authrack-scope"] = { txn:get_var("txn.authrack_scope") },
		},
	})
	local headers = answer and answer.headers or {}
	if not answer or answer.status < 200 or answer.status > 299 then
		return refuse(txn, answer and REFUSALS[answer.status] and answer.status or 503, headers)
	end
	for _, name in ipairs(IDENTITY) do
		local values = lines(headers, name)
		if values then
			txn.http:req_set_header(name, values[1])
		end
	end
	for _, name in ipairs({ "ratelimit", "ratelimit-policy" }) do
		local values = lines(headers, name)
		if values then
			txn:set_var("txn.authrack_" .. name:gsub("-", "_"), values[1])
		end
	end
end, 0)
