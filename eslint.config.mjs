import tseslint from 'typescript-eslint';

const clock = [
  {
    selector: "MemberExpression[object.name='Date'][property.name='now']",
    message: 'A core has no clock: time comes in as data.',
  },
  {
    selector: "NewExpression[callee.name='Date'][arguments.length=0]",
    message: 'A core has no clock: time comes in as data.',
  },
  {
    selector: "MemberExpression[object.name='Math'][property.name='random']",
    message: 'A core has no dice: ids come in as data.',
  },
  { selector: 'AwaitExpression', message: 'If it awaits, it is not core.' },
];

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', 'coverage/', '**/*.mjs', '**/*.cjs'] },
  ...tseslint.configs.recommended,
  {
    files: ['**/*.ts'],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'max-lines': ['error', { max: 300, skipBlankLines: false, skipComments: false }],
      'max-lines-per-function': ['error', { max: 70, skipComments: true }],
      'no-restricted-syntax': [
        'error',
        { selector: 'TSEnumDeclaration', message: 'No enum: use a union of literals.' },
      ],
    },
  },
  { files: ['**/*.spec.ts', 'test/**/*.ts'], rules: { 'max-lines-per-function': 'off' } },
  {
    files: ['libs/*-core/src/**/*.ts'],
    ignores: ['**/*.spec.ts'],
    rules: { 'no-restricted-syntax': ['error', ...clock] },
  },
  {
    files: ['**/*.ts'],
    ignores: ['libs/persistence/**'],
    rules: {
      'no-restricted-properties': [
        'error',
        { property: 'createQueryRunner', message: 'Only persistence opens transactions.' },
      ],
    },
  },
);
