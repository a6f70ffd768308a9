import manifest from '../package.json' with { type: 'json' };

/** Of this operator, as in the image's tag. */
export const version: string = manifest.version;
