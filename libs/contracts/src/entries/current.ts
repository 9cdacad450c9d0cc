// The newest version. Older ones are upcast to it when they are read.
export * from './v1';
