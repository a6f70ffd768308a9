import type { Handlers } from '../../service.ts';
import { executeCommand } from './exec.ts';
import { getTaskProtection, updateTaskProtection } from './protection.ts';
import { runTask } from './run.ts';
import { startTask } from './start.ts';
import { describeTasks, listTasks, stopTaskOperation } from './tasks.ts';

export const TASK_OPERATIONS: Handlers = {
  RunTask: runTask,
  StartTask: startTask,
  StopTask: stopTaskOperation,
  DescribeTasks: describeTasks,
  ListTasks: listTasks,
  UpdateTaskProtection: updateTaskProtection,
  GetTaskProtection: getTaskProtection,
  ExecuteCommand: executeCommand,
};
