import {
  CreateLaunchTemplateCommand,
  CreateLaunchTemplateVersionCommand,
  CreateTagsCommand,
  DeleteLaunchTemplateVersionsCommand,
  type LaunchTemplate,
  type LaunchTemplateVersion,
  ModifyLaunchTemplateCommand,
  type Tag,
} from '@aws-sdk/client-ec2';
import type { AwsReads } from '../../../../src/aws/reads.ts';
import type { AwsCommand } from '../../../../src/engine/kind.ts';
import { unusedReads } from '../../../support/reads.ts';

interface Template {
  readonly id: string;
  readonly name: string;
  readonly tags: Map<string, string>;
  readonly versions: Map<number, LaunchTemplateVersion>;
  last: number;
  current: number;
}

/** As much of EC2's launch templates as the kind relies on: one name, numbered versions, a default that cannot be deleted, client tokens. */
export class TemplateModel {
  readonly images = new Map<string, string>();
  readonly #made = new Map<string, number | string>();
  #template: Template | undefined;
  #created = 0;

  readonly reads: AwsReads = {
    ...unusedReads,
    describeLaunchTemplate: async (name) => (this.#template?.name === name ? this.template : undefined),
    describeLaunchTemplateVersions: async (id) => (this.#template?.id === id ? this.versions : []),
    listAutoScalingGroups: async () => [],
    describeInstanceType: async () => ({ ProcessorInfo: { SupportedArchitectures: ['x86_64'] } }),
    getParameter: async (name) => this.images.get(name),
  };

  get template(): LaunchTemplate | undefined {
    if (this.#template === undefined) return undefined;
    const { id, name, tags, versions, current } = this.#template;
    return {
      LaunchTemplateId: id,
      LaunchTemplateName: name,
      DefaultVersionNumber: current,
      LatestVersionNumber: Math.max(...versions.keys()),
      Tags: [...tags].map(([Key, Value]) => ({ Key, Value })),
    };
  }

  /** Newest first. */
  get versions(): readonly LaunchTemplateVersion[] {
    return [...(this.#template?.versions.values() ?? [])].toReversed();
  }

  send(command: AwsCommand): void {
    if (command instanceof CreateLaunchTemplateCommand) this.#create(command.input);
    else if (command instanceof CreateLaunchTemplateVersionCommand) this.#createVersion(command.input);
    else if (command instanceof ModifyLaunchTemplateCommand) this.setDefault(Number(command.input.DefaultVersion));
    else if (command instanceof DeleteLaunchTemplateVersionsCommand) this.#deleteVersions(command.input.Versions ?? []);
    else if (command instanceof CreateTagsCommand) setTags(this.#existing(), command.input.Tags);
    else throw new Error(`unexpected ${command.constructor.name}`);
  }

  setDefault(number: number): void {
    const template = this.#existing();
    if (!template.versions.has(number)) throw new Error(`there is no version ${number}`);
    template.current = number;
  }

  deleteTemplate(): void {
    this.#template = undefined;
  }

  #create(input: CreateLaunchTemplateCommand['input']): void {
    const made = this.#made.get(`${input.ClientToken}`);
    // What the token made may be gone by now: EC2 answers all the same, and nothing comes of it.
    if (made !== undefined) return;
    if (this.#template !== undefined) throw new Error('the name is taken');
    this.#created += 1;
    const id = `lt-${this.#created}`;
    this.#made.set(`${input.ClientToken}`, id);
    const template = {
      id,
      name: input.LaunchTemplateName ?? '',
      tags: new Map(),
      versions: new Map(),
      last: 0,
      current: 1,
    };
    this.#template = template;
    setTags(template, input.TagSpecifications?.[0]?.Tags);
    this.#add(template, input);
  }

  #createVersion(input: CreateLaunchTemplateVersionCommand['input']): void {
    if (this.#made.has(`${input.ClientToken}`)) return;
    const template = this.#existing();
    if (input.LaunchTemplateId !== template.id) throw new Error('another template');
    this.#add(template, input);
    this.#made.set(`${input.ClientToken}`, template.last);
  }

  #add(
    template: Template,
    input: Pick<CreateLaunchTemplateCommand['input'], 'VersionDescription' | 'LaunchTemplateData'>,
  ): void {
    template.last += 1;
    template.versions.set(template.last, {
      VersionNumber: template.last,
      VersionDescription: input.VersionDescription,
      LaunchTemplateData: { ...input.LaunchTemplateData },
    });
  }

  #deleteVersions(numbers: readonly string[]): void {
    const template = this.#existing();
    if (numbers.length > 200) throw new Error('too many versions in one call');
    for (const number of numbers.map(Number)) {
      if (number === template.current) throw new Error(`the default version ${number} cannot be deleted`);
      template.versions.delete(number);
    }
  }

  #existing(): Template {
    if (this.#template === undefined) throw new Error('there is no template');
    return this.#template;
  }
}

function setTags(template: Pick<Template, 'tags'>, tags: readonly Tag[] | undefined): void {
  for (const { Key = '', Value = '' } of tags ?? []) template.tags.set(Key, Value);
}
