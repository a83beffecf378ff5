// Loaded before the client: every listener on 127.0.0.1, no connection anywhere else.
const net = require('net');
const fs = require('fs');

const LOOPBACK = /^(127\.|localhost$|::1$)/;
const { listen } = net.Server.prototype;
const { connect } = net.Socket.prototype;

function note(line) {
  if (process.env.LOOPBACK_LOG) fs.appendFileSync(process.env.LOOPBACK_LOG, line + '\n');
}

net.Server.prototype.listen = function (...given) {
  const first = given[0];
  const options = first && typeof first === 'object' ? first : { port: Number(first) || 0 };
  const callback = given.find((one) => typeof one === 'function');
  return listen.call(this, 'port' in options ? { ...options, host: '127.0.0.1' } : options, callback);
};

net.Socket.prototype.connect = function (...given) {
  let options = Array.isArray(given[0]) ? given[0][0] : given[0];
  if (!options || typeof options !== 'object') {
    options = { port: given[0], host: typeof given[1] === 'string' ? given[1] : '' };
  }
  if (options.path || LOOPBACK.test(options.host || 'localhost')) return connect.apply(this, given);
  note(`BLOCKED ${options.host}:${options.port}`);
  process.nextTick(() => this.destroy(new Error('only this machine may be reached')));
  return this;
};
