import { Component, type ReactNode } from 'react';

/** Should a block that a model wrote ever break its own rendering, it is shown as the text it is, and the rest of the page stands. */
export class Guard extends Component<{ source: string; children: ReactNode }, { failed: string | undefined }> {
  override state = { failed: undefined as string | undefined };

  static getDerivedStateFromError() {
    return { failed: '' };
  }

  override componentDidCatch() {
    this.setState({ failed: this.props.source });
  }

  override render() {
    const { source, children } = this.props;
    const { failed } = this.state;
    return failed === '' || failed === source ? <p className="plain">{source}</p> : children;
  }
}
