// What goes before ministack's worker for Node.js: errors and log records as in Lambda.
// The names and messages of errors are those of aws-lambda-nodejs-runtime-interface-client, the runtime's own code.

let _msRequestId;

// Each call of console is one log event, whatever lines it has.
(function _msLogRecords() {
  const util = require("util");
  const write = process.stderr.write.bind(process.stderr);
  globalThis._msLog = (level, ...words) => {
    const record = [new Date().toISOString(), _msRequestId, level, util.format(...words)].join("\t");
    write("\x1e" + JSON.stringify(record) + "\n");
  };
  const levels = { log: "INFO", info: "INFO", debug: "DEBUG", warn: "WARN", error: "ERROR", trace: "TRACE" };
  for (const [method, level] of Object.entries(levels)) {
    console[method] = (...words) => globalThis._msLog(level, ...words);
  }
})();

function _msPayload(error) {
  if (!(error instanceof Error)) {
    return { errorType: typeof error, errorMessage: String(error), trace: [] };
  }
  return { errorType: error.name, errorMessage: error.message, trace: (error.stack || "").split("\n") };
}

// The handler has thrown. A cause without words, as `context.fail()` gives, is an error all the same.
function _msFailed(error) {
  const payload = _msPayload(error);
  const { errorType, errorMessage, trace } = payload;
  const said = JSON.stringify({ errorType, errorMessage, stack: trace });
  const record = [new Date().toISOString(), _msRequestId, "ERROR", "Invoke Error ", said].join("\t");
  return { status: "error", error: errorMessage, payload, record };
}

// The module can't be loaded.
function _msNotLoaded(error) {
  const payload = _msPayload(error);
  if (error && error.code === "MODULE_NOT_FOUND") {
    payload.errorType = "Runtime.ImportModuleError";
    payload.errorMessage = "Error: " + payload.errorMessage;
    const missing = /Cannot find module '(@(?:aws-sdk|smithy)\/[^'/]+)/.exec(payload.errorMessage);
    if (missing) payload.errorMessage = _msMissing(missing[1]);
  } else if (error instanceof SyntaxError) {
    payload.errorType = "Runtime.UserCodeSyntaxError";
    payload.errorMessage = "SyntaxError: " + payload.errorMessage;
  }
  return JSON.stringify(payload);
}

function _msNoHandler(init) {
  const errorMessage = `${init.module}.${init.handler} is undefined or not exported`;
  return JSON.stringify({ errorType: "Runtime.HandlerNotFound", errorMessage, trace: [] });
}

// Lambda brings the AWS SDK, and this machine has to.
function _msMissing(name) {
  return `Lambda's Node.js runtime brings ${name}, and the local AWS does not find it: run \`npm install ${name}\` `
    + "in the folder where you start personalize-local, and start it again";
}
