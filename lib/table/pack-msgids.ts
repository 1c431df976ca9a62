const BYTES = 8;
const MOST = 2n ** 64n - 1n;
/** As WeChat writes them: whole numbers without leading zeros. */
const MSGID = /^[1-9]\d{0,19}$/;

/** Whether a msgid is of the usual kind, which takes eight bytes. */
export function isPackable(msgid: string): boolean {
  return MSGID.test(msgid) && BigInt(msgid) <= MOST;
}

/** Msgids in a row, half as long as their digits; what is absent or of another kind leaves a gap. Empty when all are gaps. */
export function packMsgids(msgids: readonly (string | undefined)[]): string {
  if (!msgids.some((msgid) => msgid !== undefined && isPackable(msgid))) return '';
  const bytes = new DataView(new ArrayBuffer(msgids.length * BYTES));
  for (const [index, msgid] of msgids.entries()) {
    if (msgid !== undefined && isPackable(msgid)) bytes.setBigUint64(index * BYTES, BigInt(msgid));
  }
  return Buffer.from(bytes.buffer).toString('base64');
}

/** The msgids out of a row, undefined for gaps. */
export function unpackMsgids(packed: string): readonly (string | undefined)[] {
  const bytes = Buffer.from(packed, 'base64');
  return Array.from({ length: Math.floor(bytes.length / BYTES) }, (_, index) => {
    const msgid = bytes.readBigUInt64BE(index * BYTES);
    return msgid === 0n ? undefined : String(msgid);
  });
}
