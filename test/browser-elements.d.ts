/**
 * playwright-core's types name these of the DOM. Named here as what they are to us, handles that are passed on, so that the
 * DOM's many globals stay unknown to the programs that no browser runs.
 */
type SVGElement = object;
type HTMLElement = object;
type Node = object;
type HTMLElementTagNameMap = Readonly<Record<string, HTMLElement>>;
