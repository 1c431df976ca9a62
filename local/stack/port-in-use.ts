/** Thrown when the wanted port is taken; `port` says which. */
export class PortInUseError extends Error {
  readonly code = 'port-in-use';
  readonly port: number;
  constructor(port: number) {
    super(`Port ${port} is in use by another program. Choose another port.`);
    this.port = port;
  }
}

/** For a server's failure to listen on `port`: throws a PortInUseError if that is the reason, else the failure itself. */
export function asPortInUse(port: number): (error: unknown) => never {
  return (error) => {
    const inUse = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
    throw inUse ? new PortInUseError(port) : error;
  };
}
