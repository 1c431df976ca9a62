/** A deliberate fault in the behaviour of one exported function, wherever another file calls it. */
export interface PlantedFault {
  readonly name: string;
  /** The file, from the root of the project. */
  readonly file: string;
  readonly exported: string;
  /** What is called instead of the real function. */
  readonly instead: (real: never) => (...args: never[]) => unknown;
}

/** Plants faults in a file. The compiler knows its functions, so that a renamed one is found. */
export function plantIn<Module>(file: string) {
  return <Name extends FunctionsOf<Module>>(
    name: string,
    exported: Name,
    instead: (real: Callable<Module[Name]>) => (...args: Parameters<Callable<Module[Name]>>) => unknown,
  ): PlantedFault => ({ name, file, exported, instead });
}

type Callable<Fn> = Fn extends (...args: never[]) => unknown ? Fn : never;

type FunctionsOf<Module> = {
  [Name in keyof Module & string]: Module[Name] extends (...args: never[]) => unknown ? Name : never;
}[keyof Module & string];

/** The source of a module that has the one function replaced and is the real one otherwise; `planted` makes the replacement. */
export function plantedSource({ exported }: PlantedFault, realModule: string): string {
  const real = JSON.stringify(realModule);
  return `export * from ${real};\nimport { ${exported} as real } from ${real};\nexport const ${exported} = planted(real);\n`;
}
