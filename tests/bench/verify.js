// npm's jose over the tokens of the benchmark: FOLDER of node_modules, folder of the tokens; prints
// "ALG PER_SECOND" a line.
'use strict';
const fs = require('fs');
const [modules, folder] = process.argv.slice(2);
const jose = require('module').createRequire(modules + '/')('jose');

async function key(alg) {
  const text = fs.readFileSync(`${folder}/${alg}.key`);
  return alg.startsWith('HS') ? new Uint8Array(text) : jose.importSPKI(text.toString(), alg);
}

async function main() {
  for (const alg of ['HS256', 'RS256', 'ES256', 'EdDSA']) {
    const token = fs.readFileSync(`${folder}/${alg}.jwt`, 'utf8');
    const with_key = await key(alg);
    const options = { issuer: 'https://sso.example.com/realms/production', audience: 'orders-api',
      algorithms: [alg], currentDate: new Date(1800000000000) };
    const rates = [];
    for (let round = 0; round < 5; round++) {
      const begin = process.hrtime.bigint();
      for (let i = 0; i < 1000; i++) await jose.jwtVerify(token, with_key, options);
      rates.push(1000 / (Number(process.hrtime.bigint() - begin) / 1e9));
    }
    rates.sort((a, b) => a - b);
    console.log(alg, Math.round(rates[2]));
  }
}

main();
