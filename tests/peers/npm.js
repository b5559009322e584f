// npm's jose, driven by JSON Lines: one request a line on standard input, one answer a line. The first
// argument is the folder that node_modules is in.
'use strict';
const jose = require('module').createRequire(process.argv[2] + '/')('jose');
const lines = require('readline').createInterface({ input: process.stdin });
const bytes = (text) => new TextEncoder().encode(text);

const requests = {
  async sign({ alg, jwk, payload, header }) {
    return new jose.CompactSign(bytes(payload))
      .setProtectedHeader({ alg, ...header })
      .sign(await jose.importJWK(jwk, alg));
  },
  // An HMAC whose secret is any text: that of a public key, to confuse who verifies.
  async signWithText({ alg, text, payload }) {
    return new jose.CompactSign(bytes(payload)).setProtectedHeader({ alg }).sign(bytes(text));
  },
  async signGeneral({ payload, signers }) {
    const sign = new jose.GeneralSign(bytes(payload));
    for (const { alg, jwk } of signers) {
      sign.addSignature(await jose.importJWK(jwk, alg)).setProtectedHeader({ alg });
    }
    return JSON.stringify(await sign.sign());
  },
  async signUnencoded({ alg, jwk, payload }) {
    const jws = await new jose.FlattenedSign(bytes(payload))
      .setProtectedHeader({ alg, b64: false, crit: ['b64'] })
      .sign(await jose.importJWK(jwk, alg));
    return `${jws.protected}..${jws.signature}`;
  },
  async unsecured({ claims }) {
    return new jose.UnsecuredJWT(claims).encode();
  },
  async verify({ alg, jwk, token }) {
    const key = await jose.importJWK(jwk, alg);
    const { payload } = await jose.compactVerify(token, key, { algorithms: [alg] });
    return new TextDecoder().decode(payload);
  },
  async encrypt({ alg, enc, jwk, plaintext, header }) {
    return new jose.CompactEncrypt(bytes(plaintext))
      .setProtectedHeader({ alg, enc, ...header })
      .encrypt(await jose.importJWK(jwk, alg));
  },
  async encryptFlattened({ alg, enc, jwk, plaintext, aad }) {
    return JSON.stringify(await new jose.FlattenedEncrypt(bytes(plaintext))
      .setProtectedHeader({ enc })
      .setUnprotectedHeader({ alg })
      .setAdditionalAuthenticatedData(bytes(aad))
      .encrypt(await jose.importJWK(jwk, alg)));
  },
  async encryptGeneral({ enc, plaintext, recipients }) {
    const encrypt = new jose.GeneralEncrypt(bytes(plaintext)).setProtectedHeader({ enc });
    for (const { alg, jwk } of recipients) {
      encrypt.addRecipient(await jose.importJWK(jwk, alg)).setUnprotectedHeader({ alg });
    }
    return JSON.stringify(await encrypt.encrypt());
  },
};

(async () => {
  for await (const line of lines) {
    const request = JSON.parse(line);
    let answer;
    try {
      answer = { answer: await requests[request.request](request) };
    } catch (trouble) {
      answer = { error: `${trouble.code || trouble.name}: ${trouble.message}` };
    }
    process.stdout.write(JSON.stringify(answer) + '\n');
  }
})();
