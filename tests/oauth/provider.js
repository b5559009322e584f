// npm's oidc-provider for the tests, on 127.0.0.1. Run as: node provider.js NODE_MODULES_FOLDER COUNT [JSON].
// That many providers, each with its own address and settings, run in it. Says on one line of JSON where they
// are and what their clients authenticate with; ends with its standard input. What one does can be changed
// while it runs (POST /-/set), what was asked of it be read (GET /-/requests); breaks.js has the ways in
// which it can be made to misbehave.
'use strict';
const { AsyncLocalStorage } = require('async_hooks');
const crypto = require('crypto');
const fs = require('fs');
const http = require('http');
const https = require('https');
const querystring = require('querystring');
const { pathToFileURL } = require('url');
const breaks = require('./breaks.js');

const [, , folder, count, options = '{}'] = process.argv;
const DEFAULTS = {
  device_ttl: 600, // seconds that a device code lives
  access_ttl: 3600,
  interval: null, // of the device answer; null: none is sent, as oidc-provider has it
  rotate: true, // refresh tokens
  slow_down: 0, // so many of the next polls get slow_down
  reset: 0, // so many of the next polls are broken off before they are looked at
  lost: 0, // so many of the next token requests are carried out, and their answers lost
  hang: 0, // so many of the next polls are never answered
  break: null, // a name of breaks.js
  tls: null, // { key, cert, ca }: files
  client_jwk: null, // the public key of the client "key-jwt"
  ...JSON.parse(options),
};

const current = new AsyncLocalStorage(); // the request under way
const GRANT = 'urn:ietf:params:oauth:grant-type:device_code';
const RESOURCE = 'https://orders.example';
const ROUTES = {
  '/.well-known/openid-configuration': 'discovery', '/jwks': 'jwks', '/device/auth': 'device', '/token': 'token',
  '/me': 'userinfo', '/token/introspection': 'introspection', '/token/revocation': 'revocation', '/device': 'page',
};

// Characters that a client has to encode, in a Basic header and in a form.
const secret = (name) => `${name} +/%:&=?~ ${crypto.randomBytes(24).toString('base64url')}`;
const secrets = { basic: secret('basic'), post: secret('post'), 'secret-jwt': secret('jwt') };

function clients(settings) {
  const device = { grant_types: [GRANT, 'refresh_token'], response_types: [], redirect_uris: [] };
  const list = [
    { client_id: 'public', token_endpoint_auth_method: 'none', ...device },
    { client_id: 'other', token_endpoint_auth_method: 'none', ...device },
    { client_id: 'service', token_endpoint_auth_method: 'none', ...device, grant_types: ['refresh_token'] },
    { client_id: 'basic', client_secret: secrets.basic, token_endpoint_auth_method: 'client_secret_basic', ...device },
    { client_id: 'post', client_secret: secrets.post, token_endpoint_auth_method: 'client_secret_post', ...device },
    { client_id: 'secret-jwt', client_secret: secrets['secret-jwt'], token_endpoint_auth_method: 'client_secret_jwt', ...device },
    { client_id: 'tls', token_endpoint_auth_method: 'tls_client_auth', tls_client_auth_san_dns: 'client.example', ...device },
  ];
  if (settings.client_jwk) {
    list.push({ client_id: 'key-jwt', token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [settings.client_jwk] }, ...device });
  }
  return list;
}

function keys() {
  const make = (kid, alg, type, how) => ({
    ...crypto.generateKeyPairSync(type, how).privateKey.export({ format: 'jwk' }), kid, alg, use: 'sig',
  });
  return [make('rsa-1', 'RS256', 'rsa', { modulusLength: 2048 }), make('ec-1', 'ES256', 'ec', { namedCurve: 'P-256' })];
}

const peer = (ctx) => ctx.socket.getPeerX509Certificate?.();

function configuration(settings, jwks) {
  return {
    clients: clients(settings),
    jwks: { keys: jwks },
    scopes: ['openid', 'offline_access', 'profile', 'email'],
    claims: { openid: ['sub'], profile: ['name'], email: ['email'] },
    findAccount: (ctx, id) => ({
      accountId: id,
      claims: async () => ({ sub: id, name: `Person ${id}`, email: `${id}@example.com` }),
    }),
    clientAuthMethods: ['none', 'client_secret_basic', 'client_secret_post', 'client_secret_jwt', 'private_key_jwt', 'tls_client_auth'],
    cookies: { keys: ['tests'] },
    rotateRefreshToken: () => settings.rotate && settings.break !== 'ok-refresh',
    ttl: {
      AccessToken: () => settings.access_ttl,
      DeviceCode: () => settings.device_ttl,
      Grant: () => 3600, IdToken: () => 3600, Interaction: () => 3600, RefreshToken: () => 86400, Session: () => 3600,
    },
    formats: {
      customizers: {
        jwt: (ctx, token, parts) => {
          if (settings.break === 'ok-at') {
            delete parts.payload.jti;
          }
          return parts;
        },
      },
    },
    features: {
      deviceFlow: { enabled: true },
      introspection: { enabled: true },
      revocation: { enabled: true },
      clientCredentials: { enabled: true },
      devInteractions: { enabled: true },
      mTLS: {
        enabled: true,
        tlsClientAuth: true,
        getCertificate: peer,
        certificateAuthorized: (ctx) => ctx.socket.authorized,
        certificateSubjectMatches: (ctx, property, expected) => peer(ctx).subjectAltName === `DNS:${expected}`,
      },
      // Tokens without the scope openid are JWTs for this resource; with it they are opaque.
      resourceIndicators: {
        enabled: true,
        defaultResource: () => RESOURCE,
        useGrantedResource: () => false,
        getResourceServerInfo: () => ({ scope: 'orders:read orders:write', audience: RESOURCE, accessTokenFormat: 'jwt' }),
      },
    },
  };
}

async function read(stream) {
  const parts = [];
  for await (const part of stream) {
    parts.push(part);
  }
  return Buffer.concat(parts).toString();
}

function control({ settings, requests }, ctx, body) {
  if (ctx.path === '/-/set') {
    Object.assign(settings, JSON.parse(body));
  }
  if (ctx.path === '/-/clear') {
    requests.length = 0;
  }
  ctx.body = ctx.path === '/-/requests' ? requests : settings;
}

// One of the next so many?
function counted(settings, name) {
  const left = settings[name];
  settings[name] -= left > 0 ? 1 : 0;
  return left > 0;
}

function lose(ctx) {
  ctx.respond = false;
  ctx.req.socket.resetAndDestroy();
}

function polled(settings, ctx) {
  if (counted(settings, 'reset')) {
    lose(ctx);
    return true;
  }
  if (counted(settings, 'hang')) {
    ctx.respond = false;
    return true;
  }
  if (counted(settings, 'slow_down')) {
    ctx.status = 400;
    ctx.set('Cache-Control', 'no-store');
    ctx.body = { error: 'slow_down', error_description: 'polled too often' };
    return true;
  }
  return false;
}

const front = (state) => async (ctx, next) => {
  const { settings, requests } = state;
  const at = Number(process.hrtime.bigint()) / 1e9; // CLOCK_MONOTONIC, as the tests' time.monotonic()
  const body = ctx.method === 'POST' ? await read(ctx.req) : '';
  if (ctx.path.startsWith('/-/')) {
    control(state, ctx, body);
    return;
  }
  const route = ROUTES[ctx.path] || 'other';
  const form = querystring.parse(body);
  const record = {
    at, route, method: ctx.method, path: ctx.url, form, headers: ctx.headers, body, status: null, answer: null,
  };
  requests.push(record);
  const poll = route === 'token' && form.grant_type === GRANT;
  const broken = breaks[settings.break] || {};
  ctx.req.body = broken.before ? broken.before(ctx, route, form, body) : body;
  if (!poll || !polled(settings, ctx)) {
    await current.run(ctx, next);
  }
  if (route === 'device' && settings.interval !== null && ctx.status === 200) {
    ctx.body.interval = settings.interval;
  }
  if (broken.after) {
    await broken.after(ctx, route, form);
  }
  record.status = ctx.respond === false ? null : ctx.status;
  record.answer = ctx.body;
  if (route === 'token' && counted(settings, 'lost')) {
    record.status = null;
    lose(ctx);
  }
};

// What can't be broken from outside.
function hook(settings, provider) {
  const { find } = provider.Client;
  const { consume } = provider.DeviceCode.prototype;
  const compare = provider.Client.prototype.compareClientSecret;
  const anyClient = () => breaks[settings.break]?.anyClient && current.getStore()?.path === '/device/auth';
  provider.Client.find = async (id) => {
    const client = await find.call(provider.Client, id);
    return client || !anyClient() ? client
      : find.call(provider.Client, current.getStore().headers.authorization ? 'basic' : 'public');
  };
  provider.Client.prototype.compareClientSecret = async function compareClientSecret(actual) {
    return breaks[settings.break]?.anySecret || anyClient() || compare.call(this, actual);
  };
  provider.DeviceCode.prototype.consume = async function consumeOnce() {
    return breaks[settings.break]?.anyTimes ? undefined : consume.call(this);
  };
}

function listen(settings, callback) {
  if (!settings.tls) {
    return http.createServer(callback);
  }
  const { key, cert, ca } = settings.tls;
  return https.createServer({
    key: fs.readFileSync(key), cert: fs.readFileSync(cert), ca: fs.readFileSync(ca), requestCert: true, rejectUnauthorized: false,
  }, callback);
}

function start(Provider, jwks) {
  const state = { settings: { ...DEFAULTS }, requests: [] };
  let handler;
  const server = listen(state.settings, (request, response) => handler(request, response));
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const issuer = `${state.settings.tls ? 'https' : 'http'}://127.0.0.1:${server.address().port}`;
      const provider = new Provider(issuer, configuration(state.settings, jwks));
      provider.use(front(state));
      hook(state.settings, provider);
      handler = provider.callback();
      resolve(issuer);
    });
  });
}

async function main() {
  console.info = () => {}; // what it says to who would run it in earnest
  console.warn = () => {};
  const { default: Provider } = await import(pathToFileURL(`${folder}/oidc-provider/lib/index.js`));
  const jwks = keys();
  const issuers = await Promise.all(Array.from({ length: Number(count) }, () => start(Provider, jwks)));
  process.stdout.write(`${JSON.stringify({ issuers, secrets, breaks: Object.keys(breaks) })}\n`);
  process.stdin.on('end', () => process.exit(0)).resume();
}

main();
