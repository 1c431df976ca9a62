import * as v from 'valibot';

/** What is stored. */
export interface Parameters {
  /** By name. What is put in here by hand is a SecureString. */
  readonly values: Map<string, string>;
  readonly types: Map<string, ParameterType>;
}

type ParameterType = (typeof TYPES)[number];
const TYPES = ['String', 'StringList', 'SecureString'] as const;

/** A call that SSM refuses. */
export class SsmFault extends Error {
  override readonly name = 'SsmFault';
  readonly code = 'ssm-fault';
  /** As the SDK's errors are called. */
  readonly type: string;
  constructor(type: string, message: string) {
    super(message);
    this.type = type;
  }
}

/** A standard parameter's most characters; the API takes so many names in one call. */
const MOST_CHARACTERS = 4096;
const MOST_NAMES = 10;

const name = v.pipe(
  v.string(),
  v.regex(/^(\/[\w.-]+)+$|^[\w.-]+$/, 'Use letters, digits and ./_- in a path.'),
);
const names = v.pipe(v.array(name), v.minLength(1), v.maxLength(MOST_NAMES));

/** What each call takes. */
const inputs = {
  GetParameter: v.object({ Name: name, WithDecryption: v.optional(v.boolean(), false) }),
  GetParameters: v.object({ Names: names, WithDecryption: v.optional(v.boolean(), false) }),
  PutParameter: v.object({
    Name: name,
    Value: v.pipe(v.string(), v.minLength(1), v.maxLength(MOST_CHARACTERS)),
    Type: v.exactOptional(v.picklist(TYPES)),
    Overwrite: v.optional(v.boolean(), false),
  }),
  DeleteParameter: v.object({ Name: name }),
  DeleteParameters: v.object({ Names: names }),
};

/** Answers one call: the body of a 200. @throws SsmFault */
export function answerSsm(parameters: Parameters, call: string, input: unknown): unknown {
  switch (call) {
    case 'GetParameter': {
      const { Name, WithDecryption } = parsed(inputs.GetParameter, input);
      const [found] = shown(parameters, [Name], WithDecryption);
      if (found) return { Parameter: found };
      throw new SsmFault('ParameterNotFound', `There is no parameter ${Name}.`);
    }
    case 'GetParameters': {
      const { Names, WithDecryption } = parsed(inputs.GetParameters, input);
      return {
        Parameters: shown(parameters, Names, WithDecryption),
        InvalidParameters: Names.filter((each) => !parameters.values.has(each)),
      };
    }
    case 'PutParameter':
      return put(parameters, parsed(inputs.PutParameter, input));
    case 'DeleteParameter': {
      const { Name } = parsed(inputs.DeleteParameter, input);
      if (parameters.values.delete(Name)) return {};
      throw new SsmFault('ParameterNotFound', `There is no parameter ${Name}.`);
    }
    case 'DeleteParameters': {
      const { Names } = parsed(inputs.DeleteParameters, input);
      const DeletedParameters = Names.filter((each) => parameters.values.delete(each));
      return {
        DeletedParameters,
        InvalidParameters: Names.filter((each) => !DeletedParameters.includes(each)),
      };
    }
    default:
      throw new SsmFault('UnknownOperationException', `The local parameter store knows no ${call}.`);
  }
}

function put(
  { values, types }: Parameters,
  { Name, Value, Type, Overwrite }: v.InferOutput<typeof inputs.PutParameter>,
): unknown {
  const isNew = !values.has(Name);
  if (!isNew && !Overwrite) {
    throw new SsmFault(
      'ParameterAlreadyExists',
      'The parameter already exists. Set Overwrite to replace it.',
    );
  }
  if (isNew && Type === undefined) {
    throw new SsmFault('ValidationException', 'A type is required when you create a parameter.');
  }
  values.set(Name, Value);
  if (Type !== undefined) types.set(Name, Type);
  return { Tier: 'Standard' };
}

/** A SecureString that is not decrypted is no use to anyone, as on AWS. */
function shown({ values, types }: Parameters, wanted: readonly string[], isDecrypted: boolean) {
  return wanted.flatMap((Name) => {
    const value = values.get(Name);
    if (value === undefined) return [];
    const Type = types.get(Name) ?? 'SecureString';
    return [{ Name, Type, Value: Type === 'SecureString' && !isDecrypted ? 'encrypted' : value }];
  });
}

function parsed<S extends v.GenericSchema>(schema: S, input: unknown): v.InferOutput<S> {
  const result = v.safeParse(schema, input);
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw new SsmFault('ValidationException', `${v.getDotPath(issue) ?? 'input'}: ${issue.message}`);
}
