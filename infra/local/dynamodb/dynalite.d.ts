// The parts of dynalite (pinned: they are no public interface) that the engine calls: operations and their input checks.

declare module 'dynalite/actions/*' {
  const action: (
    store: import('./store.ts').DynaliteStore,
    data: object,
    done: (error: unknown, result?: object) => void,
  ) => void;
  export default action;
}

declare module 'dynalite/validations/index.js' {
  const validations: {
    checkTypes(data: object, types: object): Record<string, unknown>;
    checkValidations(
      data: object,
      types: object,
      custom: ((data: object, store: object) => string | undefined) | undefined,
      store: object,
    ): void;
  };
  export default validations;
}

declare module 'dynalite/validations/*' {
  const operation: {
    types: Record<string, unknown>;
    custom?: (data: object, store: object) => string | undefined;
  };
  export default operation;
}
