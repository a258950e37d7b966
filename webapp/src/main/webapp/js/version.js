/** The build puts its version here; a page that is served from its sources has none. */
const BUILT = '${project.version}';

export const VERSION = BUILT.startsWith('$') ? 'unreleased' : BUILT;
