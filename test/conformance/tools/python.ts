import { describe, inject } from 'vitest';
import { type CommandResult, run } from '../../support/kubectl.ts';
import { pythonEnv } from './install.ts';

export interface PythonTools {
  /** The interpreter of the venv. Run everything as `python -m <module>`. */
  readonly python: string;
  /** `awscli/examples` of the installed AWS CLI: recorded calls and answers by service. */
  readonly awscliExamples: string;
}

/** The tools that the global setup has installed. Throws with pip's words when it could not. */
export function pythonTools(): PythonTools {
  const installation = inject('pythonTools');
  switch (installation.kind) {
    case 'installed':
      return installation;
    case 'missing':
      throw new Error(`Python is missing: ${installation.reason}`);
    case 'failed':
      throw new Error(installation.message);
  }
}

/** A suite that needs the tools: skipped, with the reason in its name, where Python is missing. Call `pythonTools()` in a hook. */
export function describeWithPython(name: string, suite: () => void): void {
  const installation = inject('pythonTools');
  if (installation.kind === 'missing') describe.skip(`${name} (skipped: ${installation.reason})`, suite);
  else describe(name, suite);
}

/** Runs the venv's Python with an environment that says nothing of AWS but `aws`, and resolves whatever the exit code. */
export function python(
  tools: PythonTools,
  args: readonly string[],
  aws: Readonly<Record<string, string>>,
  stdin?: string,
): Promise<CommandResult> {
  return run(tools.python, args, { env: { ...awsFree(), ...aws }, stdin });
}

/** Our own environment for a Python program, without a developer's AWS profile, keys, region or instance role. */
export function awsFree(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_'));
  return {
    ...pythonEnv(Object.fromEntries(own)),
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
  };
}
