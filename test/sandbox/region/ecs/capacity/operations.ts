import type { Handlers } from '../../service.ts';

export const CAPACITY_OPERATIONS: Handlers = {};
