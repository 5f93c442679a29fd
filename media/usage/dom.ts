/** Strings become text nodes: nothing is ever parsed as HTML. */
export function createElement<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Readonly<Record<string, string>> = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const node = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) node.setAttribute(attribute, value);
  node.append(...children);
  return node;
}

/** Leaves unchanged text alone so that screen readers do not announce it again. */
export function setText(node: Node, text: string): void {
  if (node.textContent !== text) node.textContent = text;
}

export function themeColor(name: string): string {
  const styles = getComputedStyle(document.body);
  return styles.getPropertyValue(`--vscode-${name}`).trim() || styles.color;
}
