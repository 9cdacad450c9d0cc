/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  // Not in the temp folder: each run has its own.
  cacheDirectory: '<rootDir>/node_modules/.cache/jest',
  roots: ['<rootDir>/apps', '<rootDir>/libs', '<rootDir>/lab', '<rootDir>/test', '<rootDir>/bench'],
  transform: { '^.+\\.ts$': '@swc/jest' },
  moduleNameMapper: {
    '^@causeway/lab$': '<rootDir>/lab/index.ts',
    '^@causeway/([a-z-]+)$': '<rootDir>/libs/$1/src/index.ts',
  },
  testTimeout: 20_000,
};
