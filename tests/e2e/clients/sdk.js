// Makes the calls of a test with the AWS SDK for JavaScript: a JSON object on each line of stdin, one on each of stdout.
const { readFileSync } = require("node:fs");
const { createInterface } = require("node:readline");

const PACKAGES = ["personalize", "personalize-runtime", "personalize-events", "s3"];
const services = Object.fromEntries(PACKAGES.map((name) => {
  const sdk = require(`@aws-sdk/client-${name}`);
  const client = Object.keys(sdk).find((key) => key.endsWith("Client") && key !== "__Client");
  return [name, { sdk, client: new sdk[client](name === "s3" ? { forcePathStyle: true } : {}) }];
}));

// The SDK takes a Date where JSON has a string.
const revived = (key, value) => (key === "sentAt" ? new Date(value) : value);

async function call({ service, operation, input }) {
  const { sdk, client } = services[service];
  if (operation === "Upload") {
    operation = "PutObject";
    input = { Bucket: input.bucket, Key: input.key, Body: readFileSync(input.file) };
  }
  const { $metadata, ...answer } = await client.send(new sdk[`${operation}Command`](input));
  return answer;
}

(async () => {
  for await (const line of createInterface({ input: process.stdin })) {
    const said = await call(JSON.parse(line, revived)).then((answer) => ({ answer }), (e) => ({ error: `${e.name}: ${e.message}` }));
    console.log(JSON.stringify(said));
  }
})();
