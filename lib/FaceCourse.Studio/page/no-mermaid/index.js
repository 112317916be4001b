export const RE_DEFAULT_FENCE = /$^/, IMermaidManager = undefined, IMermaidMarkdown = undefined;
