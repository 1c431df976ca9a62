/** Thrown when a control call names something that cannot be; the field is in `path`. */
export class ControlError extends Error {
  readonly code = 'invalid-input';
  readonly path: string;

  constructor(path: string, message: string) {
    super(message);
    this.name = 'ControlError';
    this.path = path;
  }
}
