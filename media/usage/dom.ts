/** An element with attributes and children. A text becomes a text node: nothing that is shown is ever read as HTML. */
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

/** Puts another text where it is another: what did not change is not read aloud again. */
export function setText(node: Node, text: string): void {
  if (node.textContent !== text) node.textContent = text;
}

/** What the page was told by the theme under the name of one of VS Code's colours. */
export function themeColor(name: string): string {
  const styles = getComputedStyle(document.body);
  return styles.getPropertyValue(`--vscode-${name}`).trim() || styles.color;
}
