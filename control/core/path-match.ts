/** True when a path fits a template such as `/v1/subscribers/{id}`; a place is one segment that is not empty. */
export function matchesTemplate(template: string, path: string): boolean {
  const wanted = template.split('/');
  const given = path.split('/');
  return (
    wanted.length === given.length &&
    wanted.every((segment, at) => (segment.startsWith('{') ? given[at] !== '' : segment === given[at]))
  );
}

/** The methods a path has, sorted, for `Allow`; empty when there is no such path. */
export function methodsOf(
  routes: readonly { readonly method: string; readonly path: string }[],
  path: string,
): readonly string[] {
  const methods = routes.filter((route) => matchesTemplate(route.path, path)).map((route) => route.method);
  return [...new Set(methods.includes('GET') ? [...methods, 'HEAD'] : methods)].sort();
}
