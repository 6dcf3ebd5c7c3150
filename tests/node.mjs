// Answers each line of its input, {files, work, given}, with what the function `work` makes of all that
// the modules export and of `given`, as a line {value} or {error}. A number that JSON does not have is a
// name in what comes, which is read as a script, and {float: its text} in what goes.

import { createInterface } from "node:readline";

const read = globalThis.eval;

function plain(key, value) {
    if (ArrayBuffer.isView(value)) return Array.from(value);
    if (Object.is(value, -0)) return { float: "-0" };
    return typeof value === "number" && !Number.isFinite(value) ? { float: String(value) } : value;
}

async function answer(line) {
    const { files, work, given } = read(`(${line})`);
    const modules = await Promise.all(files.map((file) => import(file)));
    return (await read(work)(Object.assign({}, ...modules), given)) ?? null;
}

for await (const line of createInterface({ input: process.stdin })) {
    const said = await answer(line).then((value) => ({ value }), (error) => ({ error: error.stack }));
    console.log(JSON.stringify(said, plain));
}
