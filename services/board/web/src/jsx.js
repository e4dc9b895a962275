// What JSX becomes; the build puts it before every file.
export { Fragment, h } from 'preact';
