// Loaded into every Node process of a synth by NODE_OPTIONS: Node then connects to nothing.
const dns = require("node:dns");
const net = require("node:net");

const refuse = (what) => () => {
  throw new Error(`no network here: ${what}`);
};

net.Socket.prototype.connect = refuse("connect");
dns.lookup = refuse("lookup");
