// The ways in which provider.js can be made to misbehave, one at a time. A name is the id of the check of
// `provider doctor` that has to find it, and after a slash which of several. `before` sees a request and
// gives the body that the provider gets to read, `after` changes the answer; the other members are asked
// by provider.js.
'use strict';
const crypto = require('crypto');
const querystring = require('querystring');

const codes = new Map(); // a short device code, by what it stands for

const change = (wanted, edit) => ({
  after: (ctx, route, form) => (route === wanted ? edit(ctx, ctx.body, form) : undefined),
});
const metadata = (edit) => change('discovery', (ctx, body) => edit(body, ctx));
const keySet = (edit) => change('jwks', (ctx, body) => {
  const { type } = ctx;
  // The provider's own object is not to be changed.
  ctx.body = { keys: body.keys.map((key) => ({ ...key })) };
  ctx.type = type;
  edit(ctx.body.keys);
});
const given = (edit) => change('device', (ctx, body) => {
  if (ctx.status === 200) {
    edit(body, ctx);
  }
});
const granted = (edit) => change('token', (ctx, body, form) => {
  if (ctx.status === 200) {
    edit(body, ctx, form);
  }
});
const refused = (error, edit) => change('token', (ctx, body, form) => (
  ctx.status >= 400 && (!error || body.error === error) ? edit(body, ctx, form) : undefined));
const refuse = (ctx, error, status = 400) => {
  ctx.status = status;
  ctx.set('Cache-Control', 'no-store');
  ctx.body = { error, error_description: 'made up by the test' };
};
const answered = (status) => refused('authorization_pending', (body, ctx) => {
  ctx.status = status;
});
const rewrite = (wanted, edit) => ({
  before: (ctx, route, form, body) => (route === wanted ? edit(ctx, form, body) : body),
});
const madeUp = (ctx) => ({
  device_code: crypto.randomBytes(32).toString('base64url'),
  user_code: 'BCDF-GHJK',
  verification_uri: `${ctx.origin}/device`,
  verification_uri_complete: `${ctx.origin}/device?user_code=BCDF-GHJK`,
  expires_in: 600,
});
const give = (ctx) => {
  ctx.status = 200;
  ctx.set('Cache-Control', 'no-store');
  ctx.body = madeUp(ctx);
};

module.exports = {
  'disc-fetch/type': change('discovery', (ctx) => ctx.set('Content-Type', 'text/plain')),
  'disc-issuer': metadata((body) => { body.issuer = 'https://other.example'; }),
  'disc-slash': metadata((body) => { body.issuer += '/'; }),
  'disc-template': metadata((body) => { body.issuer += '/{tenantid}/v2.0'; }),
  'disc-both': {
    after: (ctx) => {
      if (ctx.path.startsWith('/.well-known/oauth-authorization-server')) {
        ctx.status = 200;
        ctx.body = {
          issuer: ctx.origin, token_endpoint: `${ctx.origin}/another/token`, response_types_supported: ['code'],
          authorization_endpoint: `${ctx.origin}/auth`, jwks_uri: `${ctx.origin}/jwks`,
          device_authorization_endpoint: `${ctx.origin}/device/auth`,
        };
      }
    },
  },
  'disc-required': metadata((body) => { delete body.response_types_supported; }),
  'disc-required/type': metadata((body) => { body.response_types_supported = 'code'; }),
  'disc-device': metadata((body) => { delete body.device_authorization_endpoint; }),
  'disc-grant': metadata((body) => {
    body.grant_types_supported = body.grant_types_supported.filter((grant) => !grant.includes('device'));
  }),
  'disc-auth': metadata((body) => { body.token_endpoint_auth_methods_supported = ['private_key_jwt']; }),
  'disc-url': metadata((body) => { body.revocation_endpoint += '#top'; }),
  'tls-https': metadata((body) => { body.revocation_endpoint = 'http://id.example/revoke'; }),
  clock: { after: (ctx) => ctx.set('Date', new Date(Date.now() + 600000).toUTCString()) },

  'jwks-fetch': change('jwks', (ctx) => { ctx.status = 404; }),
  'jwks-fetch/empty': keySet((keys) => keys.splice(0)),
  'jwks-private': keySet((keys) => {
    const { privateKey } = crypto.generateKeyPairSync('ec', { namedCurve: 'P-256' });
    keys.push({ ...privateKey.export({ format: 'jwk' }), kid: 'leaked', use: 'sig', alg: 'ES256' });
  }),
  'jwks-private/secret': keySet((keys) => { keys.push({ kty: 'oct', kid: 'shared', k: crypto.randomBytes(32).toString('base64url') }); }),
  'jwks-kid': keySet((keys) => { keys[1].kid = keys[0].kid; }),
  'jwks-kid/none': keySet((keys) => { delete keys[1].kid; }),
  'jwks-strength': keySet((keys) => {
    const { publicKey } = crypto.generateKeyPairSync('rsa', { modulusLength: 1024 });
    keys.push({ ...publicKey.export({ format: 'jwk' }), kid: 'short', use: 'sig', alg: 'RS256' });
  }),
  'jwks-strength/point': keySet((keys) => { keys[1].y = keys[1].x; }),
  'jwks-alg': metadata((body) => { body.id_token_signing_alg_values_supported = ['none', 'RS256', 'ES256']; }),

  'dev-response': given((body, ctx) => ctx.set('Content-Type', 'text/plain')),
  'dev-response/missing': given((body) => { delete body.verification_uri; }),
  'dev-cache': given((body, ctx) => ctx.remove('Cache-Control')),
  'dev-entropy': {
    ...given((body) => {
      const short = crypto.randomBytes(4).toString('hex');
      codes.set(short, body.device_code);
      body.device_code = short;
    }),
    ...rewrite('token', (ctx, form, body) => (codes.has(form.device_code)
      ? querystring.stringify({ ...form, device_code: codes.get(form.device_code) }) : body)),
  },
  'dev-scope': change('device', (ctx, body, form) => {
    if (ctx.status === 200 && (form.scope || '').includes('orders:write')) {
      refuse(ctx, 'invalid_scope');
    }
  }),
  'dev-pkce': change('device', (ctx) => {
    if (ctx.status === 200) {
      refuse(ctx, 'invalid_request');
      ctx.body.error_description = 'Invalid parameter: code_challenge_method';
    }
  }),
  'dev-pkce/untold': {
    after: (ctx, route, form) => {
      if (route === 'discovery') {
        delete ctx.body.code_challenge_methods_supported;
      }
      if (route === 'device' && ctx.status === 200 && !form.code_challenge) {
        refuse(ctx, 'invalid_request');
        ctx.body.error_description = 'Missing parameter: code_challenge_method';
      }
    },
  },
  'dev-units': given((body) => { body.interval = 5000; }),
  'dev-types': given((body) => {
    body.expires_in = String(body.expires_in);
    body.interval = '5';
  }),
  'dev-page': change('page', (ctx) => { ctx.status = 404; }),
  'dev-rate': change('device', (ctx) => {
    refuse(ctx, 'slow_down', 429);
    ctx.set('Retry-After', '3600');
  }),
  'dev-usercode': given((body) => {
    body.user_code = 'lI1O0o-5Ss8Bb-qg9-lI1O0o-rnm';
    body.verification_uri_complete = `${body.verification_uri}?user_code=${body.user_code}`;
  }),
  'dev-uri': given((body) => {
    body.verification_uri = 'http://id.example/device';
    body.verification_uri_complete = `http://id.example/device?user_code=${body.user_code}`;
  }),
  'dev-complete': given((body) => {
    body.verification_uri_complete = `https://elsewhere.example/device?user_code=${body.user_code}`;
  }),
  'dev-expiry': given((body) => { body.expires_in = 7200; }),
  'dev-interval': given((body) => { body.interval = 0; }),
  'dev-client': { anyClient: true },
  'dev-noclient': rewrite('device', (ctx, form, body) => (form.client_id || ctx.headers.authorization || form.client_assertion
    ? body : querystring.stringify({ ...form, client_id: 'public' }))),
  'dev-get': change('device', (ctx) => {
    if (ctx.method === 'GET') {
      give(ctx);
    }
  }),

  'tok-pending/200': answered(200),
  'tok-pending/403': answered(403),
  'tok-pending/428': answered(428),
  'tok-pending/name': refused('authorization_pending', (body) => { body.error = 'pending'; }),
  'tok-json': refused(null, (body, ctx) => {
    ctx.body = `<!doctype html><title>${body.error}</title><h1>Something went wrong</h1>`;
    ctx.set('Content-Type', 'text/html; charset=utf-8');
  }),
  'tok-json/type': refused(null, (body, ctx) => ctx.set('Content-Type', 'text/html')),
  'tok-json/store': refused(null, (body, ctx) => ctx.remove('Cache-Control')),
  'tok-exact': (() => {
    const polls = new Map();
    return refused('authorization_pending', (body, ctx, form) => {
      polls.set(form.device_code, (polls.get(form.device_code) || 0) + 1);
      if (polls.get(form.device_code) === 3) {
        body.error = 'slow_down';
      }
    });
  })(),
  'tok-echo': refused('authorization_pending', (body, ctx, form) => {
    body.error_description = `device code ${form.device_code} waits for its person`;
  }),
  'tok-unknown': refused('invalid_grant', async (body, ctx, form) => {
    const { DeviceCode } = ctx.oidc.provider;
    if (form.device_code && !(await DeviceCode.find(form.device_code, { ignoreExpiration: true }))) {
      body.error = 'authorization_pending';
    }
  }),
  'tok-bound': refused('invalid_grant', (body, ctx, form) => {
    if (form.client_id === 'other') {
      body.error = 'authorization_pending';
    }
  }),
  'tok-grant': refused('unsupported_grant_type', (body) => { body.error = 'server_error'; }),
  'tok-secret': { anySecret: true },
  'tok-secret/status': refused('invalid_client', (body, ctx) => { ctx.status = 400; }),
  'tok-secret/challenge': refused('invalid_client', (body, ctx) => ctx.remove('WWW-Authenticate')),
  // Without a secret anywhere the answer is another one than with a wrong one.
  'tok-query': {
    ...rewrite('token', (ctx, form) => querystring.stringify({ ...ctx.query, ...form })),
    ...change('token', (ctx, body, form) => {
      if (ctx.status === 401 && !form.client_secret && !ctx.query.client_secret && !ctx.headers.authorization) {
        refuse(ctx, 'invalid_request');
      }
    }),
  },
  'tok-twice': rewrite('token', (ctx, form) => querystring.stringify(Object.fromEntries(
    Object.entries(form).map(([name, value]) => [name, [].concat(value)[0]]),
  ))),

  'ok-response': granted((body, ctx) => ctx.remove('Cache-Control')),
  'ok-response/expiry': granted((body) => { delete body.expires_in; }),
  'ok-scope': {
    ...granted((body) => { delete body.scope; }),
    ...rewrite('device', (ctx, form) => querystring.stringify({ ...form, scope: (form.scope || '').replace(' profile', '') })),
  },
  'ok-once': { anyTimes: true },
  'ok-denied': refused('access_denied', (body) => { body.error = 'authorization_pending'; }),
  'ok-idmissing': granted((body) => { delete body.id_token; }),
  'ok-offline': granted((body) => { delete body.refresh_token; }),
  'ok-idtoken': granted((body) => {
    if (body.id_token) {
      const [header, claims, signature] = body.id_token.split('.');
      const other = signature[9] === 'A' ? 'B' : 'A';
      body.id_token = `${header}.${claims}.${signature.slice(0, 9)}${other}${signature.slice(10)}`;
    }
  }),
  'ok-at': {}, // a customizer of provider.js
  'ok-refresh': {}, // rotateRefreshToken of provider.js
  'ok-userinfo': change('userinfo', (ctx, body) => { body.sub = 'somebody-else'; }),
  'ok-introspect': change('introspection', (ctx) => {
    if (ctx.status === 200) {
      ctx.body = { active: false };
    }
  }),
  'ok-introspect/open': change('introspection', (ctx) => {
    if (ctx.status >= 400) {
      ctx.status = 200;
      ctx.body = { active: true };
    }
  }),
  'ok-revoke': rewrite('revocation', (ctx, form) => querystring.stringify({ ...form, token: 'none' })),
  'ok-revoke/unknown': change('revocation', (ctx) => {
    if (ctx.status === 200 && !Object.keys(ctx.oidc.entities).some((name) => name.endsWith('Token'))) {
      refuse(ctx, 'invalid_request');
    }
  }),
};
