// The board in a browser: each journey as somebody makes it. Prints ok / not ok lines.
//     run.mjs [JOURNEY…]      settings in DUBAN_BROWSER (tests/e2e/board_browser.py makes them)
import { anyFailed, launch, verdict } from './browser.mjs';
import * as deciding from './deciding.mjs';
import * as dialogs from './dialogs.mjs';
import * as files from './files.mjs';
import * as hostile from './hostile.mjs';
import * as live from './live.mjs';
import * as looks from './looks.mjs';
import * as reading from './reading.mjs';

const journeys = { ...reading, ...deciding, ...live, ...looks, ...hostile, ...files, ...dialogs }; // the last move the clock
const wanted = process.argv.slice(2);
const browser = await launch();
for (const [name, journey] of Object.entries(journeys)) {
    if (typeof journey !== 'function' || (wanted.length && !wanted.includes(name))) continue;
    const begun = performance.now();
    try {
        await journey(browser);
    } catch (error) {
        verdict(`journey ${name}`, error.stack || error);
    }
    for (const context of browser.contexts()) await context.close();
    console.log(`# ${name}: ${((performance.now() - begun) / 1000).toFixed(1)} s`);
}
await browser.close();
process.exit(anyFailed() ? 3 : 0); // 1 is node's own: it broke down
