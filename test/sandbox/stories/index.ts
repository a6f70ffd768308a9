import { ec2 } from './ec2.ts';
import { quickstart } from './quickstart.ts';
import type { Story } from './stage.ts';

/** What `npm run demo` can tell, by name. */
export const stories: Readonly<Record<string, Story>> = { quickstart, ec2 };
