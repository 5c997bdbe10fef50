/** The package's version, put in by build.mjs; undefined where the sources run unbuilt. */
declare const __VERSION__: string | undefined;
