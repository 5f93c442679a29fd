import type { Memento } from 'vscode';

/** What can be faked in tests without the rest of a memento. */
export type MementoLike = Pick<Memento, 'get' | 'update'>;
