// d3-scale interpolates colours, dates and objects, and formats ticks in any locale; the charts need numbers alone. The
// build puts this file in the place of d3-interpolate and d3-format, which saves an eighth of the page.
export const interpolate = (a, b) => ((a = +a), (b = +b), (share) => a * (1 - share) + b * share);
export const interpolateNumber = interpolate;
export const interpolateRound = (a, b) => ((a = +a), (b = +b), (share) => Math.round(a * (1 - share) + b * share));
export const piecewise = interpolate;
export const format = () => String;
export const formatPrefix = format;
export const formatSpecifier = () => ({ type: 'f', precision: 0 });
export const precisionFixed = () => 0;
export const precisionPrefix = precisionFixed;
export const precisionRound = precisionFixed;
