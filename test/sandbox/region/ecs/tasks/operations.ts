import type { Handlers } from '../../service.ts';
import { describeTasks, listTasks, runTask, stopTaskOperation } from './tasks.ts';

export const TASK_OPERATIONS: Handlers = {
  RunTask: runTask,
  StopTask: stopTaskOperation,
  DescribeTasks: describeTasks,
  ListTasks: listTasks,
};
