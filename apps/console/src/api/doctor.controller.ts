import { CLOCK, SelfCheck, type Clock } from '@causeway/host';
import { diagnosisOf, reportsOf, type Diagnosis, type ServiceAddresses } from '@causeway/self-check';
import { Controller, Get, Inject } from '@nestjs/common';
import { SERVICES } from '../tokens';

/** How the whole house is, for those who reach the console only. */
@Controller('v1')
export class DoctorController {
  constructor(
    private readonly selfCheck: SelfCheck,
    @Inject(SERVICES) private readonly services: ServiceAddresses,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Ills are an answer too: 200. */
  @Get('doctor')
  async doctor(): Promise<Diagnosis> {
    const at = new Date(this.clock.now()).toISOString();
    const others = new Map([...this.services].filter(([name]) => name !== 'console'));
    const [own, theirs] = await Promise.all([this.selfCheck.look(), reportsOf(others, at)]);
    return diagnosisOf(at, [own, ...theirs]);
  }
}
