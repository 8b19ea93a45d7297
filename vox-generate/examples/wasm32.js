// node wasm32.js MODULE COUNT: encodes the types of that many seeds, until one goes wrong.
'use strict';

const { readFileSync } = require('node:fs');

async function main(file, count) {
    const { instance } = await WebAssembly.instantiate(readFileSync(file), {});
    const module = instance.exports;
    module.begin();
    for (let seed = 0n; seed < BigInt(count); seed++) {
        try {
            module.encode(seed);
        } catch (error) {
            const text = Buffer.from(module.memory.buffer, module.message(), module.message_len());
            console.error(`seed ${seed}: ${text}\n${error.stack}`);
            process.exit(1);
        }
    }
    console.log(`${count} types, pointers of 32 bits`);
}

main(process.argv[2], process.argv[3]);
