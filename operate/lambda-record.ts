import type { AttributeValue, _Record as StreamRecord } from '@aws-sdk/client-dynamodb-streams';
import type { AttributeValue as LambdaAttribute } from 'aws-lambda';

/** A record of a table's stream as Lambda hands it to a function. */
export type LambdaRecord = ReturnType<typeof asLambdaHasIt>;

/** What the SDK made a Date and bytes of is in seconds and in base64 again. */
export function asLambdaHasIt({ dynamodb: { OldImage, NewImage, ...rest } = {}, ...record }: StreamRecord) {
  const atMs = rest.ApproximateCreationDateTime?.getTime() ?? 0;
  return {
    ...record,
    dynamodb: {
      ...rest,
      ...(OldImage && { OldImage: imageOf(OldImage) }),
      ...(NewImage && { NewImage: imageOf(NewImage) }),
      ApproximateCreationDateTime: Math.floor(atMs / 1_000),
    },
  };
}

function imageOf(item: Readonly<Record<string, AttributeValue>>): Record<string, LambdaAttribute> {
  return Object.fromEntries(Object.entries(item).map(([name, value]) => [name, attributeOf(value)]));
}

function attributeOf(value: AttributeValue): LambdaAttribute {
  if (value.B) return { B: inBase64(value.B) };
  if (value.BS) return { BS: value.BS.map(inBase64) };
  if (value.L) return { L: value.L.map(attributeOf) };
  if (value.M) return { M: imageOf(value.M) };
  const { S, N, SS, NS, BOOL, NULL } = value;
  if (S !== undefined) return { S };
  if (N !== undefined) return { N };
  if (SS) return { SS };
  if (NS) return { NS };
  return BOOL === undefined ? { NULL: NULL === true } : { BOOL };
}

function inBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
