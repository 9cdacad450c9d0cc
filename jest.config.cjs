/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/apps', '<rootDir>/libs', '<rootDir>/lab', '<rootDir>/test', '<rootDir>/bench'],
  transform: { '^.+\\.ts$': '@swc/jest' },
  moduleNameMapper: {
    '^@causeway/lab$': '<rootDir>/lab/index.ts',
    '^@causeway/([a-z-]+)$': '<rootDir>/libs/$1/src/index.ts',
  },
  testTimeout: 20_000,
};
