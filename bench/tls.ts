import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import { promisify } from 'node:util';

/** A certificate of our own for 127.0.0.1, made anew for each run. */
export interface Certificate {
  /** Of this run; it goes with `close`. */
  readonly folder: string;
  readonly keyFile: string;
  readonly certFile: string;
  /** Makes a Node process trust it. */
  readonly trust: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** An elliptic-curve key, as WeChat and AWS have by now: cheaper for both sides than RSA. Needs the program `openssl`. */
export async function makeCertificate(): Promise<Certificate> {
  const folder = await mkdtemp(join(tmpdir(), 'qingniao-bench-'));
  const [keyFile, certFile, config] = [
    join(folder, 'key.pem'),
    join(folder, 'cert.pem'),
    join(folder, 'cnf'),
  ];
  await writeFile(
    config,
    '[req]\ndistinguished_name=dn\nx509_extensions=ext\nprompt=no\n[dn]\nCN=127.0.0.1\n[ext]\nsubjectAltName=IP:127.0.0.1,DNS:localhost\nbasicConstraints=CA:TRUE\n',
  );
  await promisify(execFile)('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
    ...['-keyout', keyFile, '-out', certFile, '-days', '2', '-config', config],
  ]);
  return {
    folder,
    keyFile,
    certFile,
    trust: { NODE_EXTRA_CA_CERTS: certFile },
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Puts TLS in front of a server on this machine. Answers the URL to use instead. */
export async function putTlsBefore(
  url: string,
  { keyFile, certFile }: Certificate,
): Promise<{ url: string; close(): Promise<void> }> {
  const { port } = new URL(url);
  const [key, cert] = await Promise.all([readFile(keyFile), readFile(certFile)]);
  // Without delay, as real servers are: else an answer waits up to 40 ms for the acknowledgement of the handshake's last packet.
  const server = createServer({ key, cert, noDelay: true }, (outside) => {
    const inside = connect({ port: Number(port), host: '127.0.0.1', noDelay: true });
    outside.on('error', () => inside.destroy()).on('close', () => inside.destroy());
    inside.on('error', () => outside.destroy()).on('close', () => outside.destroy());
    outside.pipe(inside).pipe(outside);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const bound = typeof address === 'object' && address ? address.port : 0;
  return {
    url: `https://127.0.0.1:${bound}`,
    close: async () => void server.close(),
  };
}
