-- wrk: cycles over the keys of the file BENCH_SECRETS, one request with each.
local requests, at = {}, 0

function init()
	for secret in io.lines(os.getenv("BENCH_SECRETS")) do
		requests[#requests + 1] = wrk.format("GET", nil, { ["X-API-Key"] = secret })
	end
end

function request()
	at = at % #requests + 1
	return requests[at]
end

function done(summary, latency)
	local e = summary.errors
	io.write(string.format("BENCH %d %d %d %d\n", summary.requests, summary.duration, latency:percentile(99),
		e.connect + e.read + e.write + e.status + e.timeout))
end
