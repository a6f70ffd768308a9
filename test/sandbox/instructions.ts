import { relative } from 'node:path';
import type { Sandbox } from './sandbox.ts';

/** How to use a running sandbox, as lines to paste. */
export function instructions(sandbox: Sandbox): string {
  const path = (name: string): string => `"$PWD/${relative(process.cwd(), sandbox.directory)}/${name}"`;
  const operator =
    sandbox.operator === undefined
      ? ['Run the operator yourself, as the user that the chart would give it:', '', `  ${operatorCommand(sandbox)}`]
      : [`The operator's log: ${relative(process.cwd(), sandbox.operatorLog)}`];
  return [
    'In another terminal:',
    '',
    `  export KUBECONFIG=${path('kubeconfig')} PATH=${path('bin')}:$PATH`,
    `  source ${path('aws.env')}`,
    '',
    '  kubectl apply -f examples/quickstart',
    '  kubectl get ecs                            # every object of the operator, with its condition',
    '  kubectl get ecsservices --watch',
    '  kubectl describe ecsservice quickstart     # status and events',
    '  aws ecs list-services --cluster quickstart # any AWS client or SDK',
    '',
    ...operator,
  ].join('\n');
}

function operatorCommand(sandbox: Sandbox): string {
  return `source ${relative(process.cwd(), sandbox.directory)}/aws.env && KUBECONFIG=${sandbox.controlPlane.kubeconfig('operator')} POD_NAMESPACE=ecs-operator npm start`;
}
