/** All tests on real processes in one file: they measure time, so they run one after another. */
import './parent.live.ts';
import './child.live.ts';
import './controller.live.ts';
import './surroundings.live.ts';
import './recording.live.ts';
import './web.live.ts';
import './units.live.ts';
import './robust.live.ts';
import './commission.live.ts';
