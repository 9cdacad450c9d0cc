// Lets a child process of a spec run our TypeScript as it stands: node -r <this> <file.ts>. Only for specs.
const { resolve } = require('node:path');
const { transformFileSync } = require('@swc/core');

const root = resolve(__dirname, '../../..');
require.extensions['.ts'] = (module, file) => {
  const { code } = transformFileSync(file, { cwd: root, configFile: resolve(root, '.swcrc'), sourceMaps: 'inline' });
  module._compile(code, file);
};
