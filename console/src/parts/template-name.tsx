import { Link } from 'wouter';
import { useTemplates } from './templates.ts';

/** A template as people know it: its title, with its alias or its id beneath. */
export function TemplateName({ id }: { readonly id: string }) {
  const { find } = useTemplates();
  const template = find(id);
  return (
    <span className="template-name">
      {template && <Link href={`/templates/${id}`}>{template.title}</Link>}{' '}
      <code className="dim" title={id}>
        {template?.alias ?? id}
      </code>
    </span>
  );
}
