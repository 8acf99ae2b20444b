// A mail server that keeps what it gets: enough SMTP for one client on loopback.
import net from 'node:net';

/** Starts it; `mails` grows, `next(check)` waits for a mail that satisfies `check`. */
export async function startMailSink() {
  const mails = [];
  const waiting = new Set();
  const server = net.createServer((socket) => {
    let buffer = '';
    let data = null;
    let mail = { to: [] };
    socket.setEncoding('utf8');
    socket.on('error', () => {});
    socket.write('220 sink\r\n');
    socket.on('data', (chunk) => {
      buffer += chunk;
      for (let end; (end = buffer.indexOf('\r\n')) >= 0; ) {
        const line = buffer.slice(0, end);
        buffer = buffer.slice(end + 2);
        if (data !== null) {
          if (line !== '.') {
            data.push(line.startsWith('..') ? line.slice(1) : line);
            continue;
          }
          mails.push({ ...mail, raw: data.join('\r\n') });
          data = null;
          mail = { to: [] };
          socket.write('250 kept\r\n');
          for (const look of waiting) look();
          continue;
        }
        const verb = line.slice(0, 4).toUpperCase();
        if (verb === 'MAIL') mail.from = address(line);
        if (verb === 'RCPT') mail.to.push(address(line));
        if (verb === 'DATA') data = [];
        socket.write(verb === 'DATA' ? '354 go on\r\n' : verb === 'QUIT' ? '221 bye\r\n' : '250 ok\r\n');
        if (verb === 'QUIT') socket.end();
      }
    });
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    port: server.address().port,
    mails,
    next: (check) =>
      new Promise((found) => {
        const look = () => {
          const mail = mails.find(check);
          if (!mail) return;
          waiting.delete(look);
          found(mail);
        };
        waiting.add(look);
        look();
      }),
    stop: () => new Promise((stopped) => server.close(stopped)),
  };
}

function address(line) {
  return line.slice(line.indexOf('<') + 1, line.indexOf('>'));
}
