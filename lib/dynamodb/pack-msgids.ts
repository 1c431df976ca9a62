const MSGID_BYTES = 8;
const MAX_PACKED = 2n ** 64n - 1n;
/** As WeChat writes them: whole numbers without leading zeros. */
const MSGID = /^[1-9]\d{0,19}$/;

/** Whether a msgid fits eight bytes. */
export function isPackable(msgid: string): boolean {
  return MSGID.test(msgid) && BigInt(msgid) <= MAX_PACKED;
}

/**
 * Msgids in a row, less than half as long as their digits. An absent or longer one leaves a gap of zeros; nothing
 * but gaps is no bytes at all.
 */
export function packMsgids(msgids: readonly (string | undefined)[]): Uint8Array {
  const numbers = msgids.map((msgid) => (msgid !== undefined && isPackable(msgid) ? BigInt(msgid) : 0n));
  if (numbers.every((number) => number === 0n)) return new Uint8Array();
  const packed = Buffer.alloc(numbers.length * MSGID_BYTES);
  for (const [index, number] of numbers.entries()) packed.writeBigUInt64BE(number, index * MSGID_BYTES);
  return packed;
}

/** Msgids by their place in the row, undefined where there is a gap. */
export function unpackMsgids({
  buffer,
  byteOffset,
  byteLength,
}: Uint8Array): readonly (string | undefined)[] {
  const packed = Buffer.from(buffer, byteOffset, byteLength);
  return Array.from({ length: Math.floor(byteLength / MSGID_BYTES) }, (_, index) => {
    const number = packed.readBigUInt64BE(index * MSGID_BYTES);
    return number === 0n ? undefined : String(number);
  });
}
