import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

interface Lock {
  readonly packages: Readonly<Record<string, { readonly hasInstallScript?: boolean }>>;
}

test.each(['.', 'bench/peers', 'docs', 'miniprogram/taro', 'miniprogram/uni-app'])(
  'in %s somebody has looked at every install script, and one that nobody looked at ends the install',
  (folder) => {
    const read = (name: string) => readFileSync(`${folder}/${name}`, 'utf8');
    const { packages } = JSON.parse(read('package-lock.json')) as Lock;
    const having = Object.entries(packages).filter(([, { hasInstallScript }]) => hasInstallScript);
    const { allowScripts } = JSON.parse(read('package.json')) as { allowScripts: Record<string, boolean> };
    const names = new Set(having.map(([path]) => path.replace(/^.*node_modules\//, '')));
    expect([...names].sort()).toEqual(Object.keys(allowScripts).sort());
    expect(read('.npmrc').split('\n')).toContain('strict-allow-scripts=true');
  },
);
