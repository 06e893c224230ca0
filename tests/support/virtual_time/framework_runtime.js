// Runs the provider framework's own code. What it would do outside of its process, it asks its parent to do:
// one JSON object a line, from the parent on standard input, to the parent on standard output.
"use strict";
const { AsyncLocalStorage } = require("node:async_hooks");
const { EventEmitter } = require("node:events");
const fs = require("node:fs");
const https = require("node:https");
const Module = require("node:module");
const readline = require("node:readline");

const calls = new AsyncLocalStorage(); // which call of the parent's a line belongs to
const asked = new Map();

function say(message) {
  fs.writeSync(1, JSON.stringify(message) + "\n");
}

function ask(op, payload) {
  const call = calls.getStore();
  return new Promise((resolve, reject) => {
    asked.set(call, { resolve, reject });
    say({ call, op, payload });
  });
}

class Lambda {
  async invoke({ FunctionName, Payload }) {
    const { payload, error } = await ask("invoke", { function: FunctionName, payload: JSON.parse(Payload) });
    return { Payload: Buffer.from(JSON.stringify(payload)), FunctionError: error };
  }
}

class SFN {
  startExecution({ input }) {
    return ask("start_execution", { input });
  }
}

const sdk = {
  "@aws-sdk/client-lambda": { Lambda, waitUntilFunctionActiveV2: async () => undefined },
  "@aws-sdk/client-sfn": { SFN },
};
const load = Module._load;
Module._load = (name, ...rest) => sdk[name] ?? load(name, ...rest);

https.request = (options, onResponse) => {
  const request = new EventEmitter();
  let body = "";
  request.write = (chunk) => (body += chunk);
  request.end = () =>
    ask("respond", { path: options.path, body }).then(
      (statusCode) => onResponse({ statusCode, resume() {} }),
      (error) => request.emit("error", error),
    );
  return request;
};
global.setTimeout = (done, milliseconds) => void ask("sleep", { seconds: milliseconds / 1000 }).then(done);
console.log = () => {};

const framework = require(process.argv[2]);

readline.createInterface({ input: process.stdin }).on("line", (line) => {
  const message = JSON.parse(line);
  if (message.handler === undefined) {
    const { resolve, reject } = asked.get(message.call);
    message.error === undefined ? resolve(message.result) : reject(new Error(message.error));
    return;
  }
  calls.run(message.call, async () => {
    try {
      await framework[message.handler](message.event);
      say({ call: message.call, op: "return" });
    } catch (error) {
      say({ call: message.call, op: "throw", payload: { errorType: error.constructor.name, errorMessage: error.message } });
    }
  });
});
