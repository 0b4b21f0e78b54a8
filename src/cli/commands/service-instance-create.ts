import { RootwardError } from '../../contract/errors.ts';
import { createInstance } from '../../contract/instances/create.ts';
import { OFFERINGS } from '../../contract/instances/offerings.ts';
import type { Operation } from '../../contract/operation.ts';
import { commandAt } from '../command-path.ts';
import { addOutputFlags, addServerFlags } from '../common-flags.ts';
import { openCall, runOperation } from '../from-operation.ts';
import { addExamples } from '../help-text.ts';
import { readPreferences } from '../session/preferences.ts';
import type { CommandParts } from './command-parts.ts';

/** `resource service-instance-create NAME SERVICE PLAN LOCATION`: the API wants ids where people write names. */
export function addServiceInstanceCreate({ program, io }: CommandParts): void {
  const command = commandAt(program, ['resource', 'service-instance-create'])
    .description(createInstance.summary)
    .argument('<name>', 'what people call the instance')
    .argument('<service>', 'kms or hs-crypto')
    .argument('<plan>', 'tiered-pricing for kms')
    .argument('[location]', 'region, such as us-south; that of `kp region-set` if absent')
    .option('-g, --resource-group-id <id>', 'resource group; the default one if absent');
  addServerFlags(addOutputFlags(command));
  addExamples(command, ['resource service-instance-create payments-kms kms tiered-pricing us-south']);
  command.action(
    async (
      name: string,
      service: string,
      plan: string,
      location: string | undefined,
      flags: { readonly resourceGroupId?: string },
    ) => {
      const resource_plan_id = planId(service, plan);
      const target = location ?? chosenRegion(io);
      const call = openCall(flags, {}, io);
      const resource_group = flags.resourceGroupId ?? (await call.session.account()).resourceGroupId;
      const body = { name, target, resource_group, resource_plan_id };
      await runOperation(createInstance as unknown as Operation, {}, { ...call, input: { body } });
    },
  );
}

/** Throws USAGE where no region is chosen. */
function chosenRegion({ env }: CommandParts['io']): string {
  const { region } = readPreferences(env);
  if (region !== undefined) return region;
  throw new RootwardError('USAGE', {
    message: 'No location is given.',
    hint: 'Give a region such as us-south, or choose one with `rootward kp region-set`.',
  });
}

function planId(service: string, name: string): string {
  const offering = OFFERINGS.find((offered) => offered.service === service);
  if (!offering) {
    throw new RootwardError('SERVICE_UNKNOWN', {
      message: `There is no service ${service}.`,
      hint: `Services are ${OFFERINGS.map((offered) => offered.service).join(', ')}.`,
    });
  }
  const plan = offering.plans.find(({ name: known, id }) => known === name || id === name);
  if (plan) return plan.id;
  throw new RootwardError('SERVICE_UNKNOWN', {
    message: `${service} has no plan ${name}.`,
    hint: `Its plans are ${offering.plans.map((known) => known.name).join(', ')}.`,
  });
}
