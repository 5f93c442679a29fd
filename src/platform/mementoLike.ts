import type { Memento } from 'vscode';

export type MementoLike = Pick<Memento, 'get' | 'update'>;
