import { setContext } from '../platform/commands';
import type { MementoLike } from '../platform/mementoLike';

const HAS_MENU_KEY = 'quillet.hasMenuPrompts';

/** Shows the menu entry if the last session in this workspace did, so that activation reads no file. */
export function restoreMenuContext(memento: MementoLike): void {
  if (memento.get<boolean>(HAS_MENU_KEY) === true) setContext(HAS_MENU_KEY, true);
}

export async function saveMenuContext(memento: MementoLike, hasMenu: boolean): Promise<void> {
  setContext(HAS_MENU_KEY, hasMenu);
  if (memento.get<boolean>(HAS_MENU_KEY) !== hasMenu) await memento.update(HAS_MENU_KEY, hasMenu);
}
